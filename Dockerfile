# The controller and the bundled services, ingest and consumer, in one image: they share their packages, and the controller starts
# both services itself where its pool is this container. Node runs the TypeScript as it is, so that nothing is compiled.
#
#   docker build -t capuchin .
#   docker run --rm capuchin controller/main.ts check --config capuchin.yaml

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages are a Node, which the image has, and faster checksums for it.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json capuchin.yaml ./
COPY controller ./controller
COPY ingest ./ingest
COPY relay ./relay
COPY policies ./policies
# A named volume takes over whom a folder of the image belongs to; the folders are made here so that this user can write to them.
RUN install -d -o node -g node /var/lib/capuchin /var/lib/capuchin/state /var/lib/capuchin/published /var/lib/ingest /var/lib/consumer /var/lib/relay
# The relay stands on every host: compiled beforehand it takes two thirds of the memory, as nothing has to strip its types.
ENV NODE_COMPILE_CACHE=/app/.compiled
RUN node relay/main.ts --help > /dev/null
USER node
EXPOSE 7070 8080
ENTRYPOINT ["node"]
CMD ["controller/main.ts", "run", "--config", "capuchin.yaml"]
