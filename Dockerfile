# syntax=docker/dockerfile:1

# The compiler and its packages stay in this stage.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script. The bundler's program is an optional package, made for each system.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json tsconfig.migrations.json ./
COPY tools ./tools
COPY migrations ./migrations
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Here the optional packages are runtimes, and this image brings its own.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
# NODE_OPTIONS as in tools/start.mjs, which says why
ENV NODE_ENV=production \
    NODE_OPTIONS=--use-largepages=silent \
    HOST=0.0.0.0 \
    PORT=3000 \
    GATEHOUSE_DATA_DIR=/data
WORKDIR /app
# Keys that are made on first start are kept here, unless they come from the environment.
RUN install --directory --owner=node --group=node --mode=700 /data
VOLUME /data
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY config ./config
USER node
EXPOSE 3000
# Whether the process works. Readiness (database, providers) is for the load balancer: restarting would not mend it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GATEHOUSE_OPS_PORT || process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node handles the signal itself: calls in flight are finished, then everything closes.
STOPSIGNAL SIGTERM
CMD ["node", "dist/main.js"]
