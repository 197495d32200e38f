import type { KafkaSettings } from './kafka-config.ts'
import { lookAtGroups } from './kafka-groups.ts'
import { type Library, type Links, loadLibrary, openLinks } from './kafka-links.ts'
import type { Kafka } from './kafka-seen.ts'
import { lookAtTopics } from './kafka-topics.ts'
import type { SourceDeps } from './source.ts'

/**
 * Brokers, asked with the requests of @platformatic/kafka over connections that are kept. It is not kafkajs, whose admin client
 * fails as a whole as soon as one partition has no leader, so that nothing partial could be told, and whose 1 ms timer takes 4.6 % of
 * a core while it only waits (measured; this: 0.03 %, and 3 ms of CPU a look). Six requests a look, however many topics and groups.
 */
export function kafkaAt(config: KafkaSettings, deps: SourceDeps): Kafka {
  let opened: Promise<{ library: Library; links: Links }> | undefined
  const open = async () => {
    const library = await loadLibrary()
    return { library, links: openLinks(config, deps, library) }
  }
  return {
    async look({ topics, groups }) {
      opened ??= open()
      const { library, links } = await opened
      const means = { library, links, connection: await links.any() }
      const [seenTopics, seenGroups] = await Promise.all([
        lookAtTopics(topics, means),
        lookAtGroups(groups, means),
      ])
      return { topics: seenTopics, groups: seenGroups }
    },
    async drop() {
      const { links } = (await opened) ?? {}
      await links?.drop()
    },
  }
}
