#!/bin/sh
# Run once by the image of PostgreSQL, on an empty data folder: Rodízio's role and database, and Temporal's role and two.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set=rodizio_password="$RODIZIO_DB_PASSWORD" --set=temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role rodizio login password :'rodizio_password';
create database rodizio owner rodizio;
create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
