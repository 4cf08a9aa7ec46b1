# One image for API, worker and migration. Debian, because the Temporal SDK has no build for Alpine.
FROM node:24-bookworm-slim

# The worker's native part verifies TLS to Temporal with the certificates of the system.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
ENV NODE_ENV=production

# No install scripts: they fetch a Node, which the image has, and link the embedded PostgreSQL, which is not used here.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

COPY src ./src

USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Node runs TypeScript as it is. The worker: src/activities/main.ts; the migration: src/database/migrate.ts.
CMD ["node", "src/api/main.ts"]
