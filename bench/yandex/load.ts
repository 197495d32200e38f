/** Says what it takes to load the SDK, as the first call of a Yandex pool does it: ms by the clock and of the processor, bytes resident. */
const before = { cpu: process.cpuUsage(), rss: process.memoryUsage.rss(), at: performance.now() }
const { loadSdk } = await import('../../controller/providers/yandex/sdk.ts')
await loadSdk()
const { user, system } = process.cpuUsage(before.cpu)
const took = {
  wall: performance.now() - before.at,
  cpu: (user + system) / 1000,
  rss: process.memoryUsage.rss() - before.rss,
}
process.stdout.write(`${JSON.stringify(took)}\n`)
