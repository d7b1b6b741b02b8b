# `npm run serve` as an image (docs/serve.md): docker build --build-arg COMMIT=$(git rev-parse HEAD) -t retrigger-hooks .
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No install scripts: the bundle contains nothing that they build.
RUN npm ci --ignore-scripts
COPY . .
ARG COMMIT=
ARG SOURCE=
ARG BUILD=
RUN COMMIT="$COMMIT" SOURCE="$SOURCE" BUILD="$BUILD" npm run bundle

FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY --from=build /build/dist/serve.mjs /build/dist/serve.mjs.map /build/dist/version.json ./
# The user `node`, as a number, so that Kubernetes can see that it is not root. It never writes a file.
USER 1000:1000
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8080
EXPOSE 8080
# No shell and no npm between Node and SIGTERM.
ENTRYPOINT ["node", "serve.mjs"]
