# One service of the sample as an image: docker build --build-arg APP=sms --tag sms .
# Neither libs nor dependencies are listed here: what an image holds follows from the app's package.json.

FROM docker.io/library/node:26.10.0-bookworm-slim AS base
WORKDIR /tramline

# The manifests alone, so that a change of a source file installs nothing again.
FROM base AS manifests
COPY . .
RUN find apps libs -type f ! -name package.json -delete

# Every app is compiled in one go, the same for all images.
FROM base AS compiled
COPY --from=manifests /tramline ./
# What npm has fetched is kept beside the layers, for all images.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=optional --ignore-scripts
COPY . .
# What runs is JavaScript. Its source maps stay: a stack trace names lines of TypeScript.
RUN npx tsc -b apps/* \
  && find apps libs \( -name src -o -name .tsbuild \) -prune -exec rm -rf {} + \
  && find apps libs -type f \( -name '*.d.ts' -o -name '*.d.ts.map' -o -name 'tsconfig*.json' \) -delete

# What this one app needs when it runs.
FROM base AS production
ARG APP
COPY --from=manifests /tramline ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --ignore-scripts --workspace "apps/$APP"

FROM base
ARG APP
COPY --from=production /tramline/node_modules node_modules
COPY --from=compiled /tramline/libs libs
COPY --from=compiled /tramline/apps/$APP apps/$APP
# The one place that is written to; a named volume that is mounted here begins with this owner.
RUN mkdir /data && chown 1000:1000 /data
WORKDIR /tramline/apps/$APP
# In a container every address is its own; who may come in is said where its port is published.
# NODE_ENV is not set: with `production` the topics are verified and not made.
ENV HOST=0.0.0.0 PORT=3000 TRAMLINE_DATA=/data
EXPOSE 3000
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1 and gets SIGTERM: no shell and no npm in between.
CMD ["node", "--enable-source-maps", "dist/main.js"]
