#!/bin/sh
# Creates the namespace TEMPORAL_NAMESPACE, unless it is there. Tried again by Compose when it fails.
set -eu
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "The namespace $TEMPORAL_NAMESPACE is there."
else
  # How long histories of closed conversations can be looked at.
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
fi
