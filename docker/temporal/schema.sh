#!/bin/sh
# Brings the two databases of the Temporal server to the schema of this version; changes nothing when they have it.
# The address, user and password of PostgreSQL come from SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu
schema=/etc/temporal/schema/postgresql/v12

bring_up_to_date() {
  database=$1
  folder=$2
  temporal-sql-tool --plugin postgres12 --database "$database" setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --database "$database" update-schema --schema-dir "$folder"
}

bring_up_to_date temporal "$schema/temporal/versioned"
bring_up_to_date temporal_visibility "$schema/visibility/versioned"
