import type { Admin } from 'kafkajs'
import type { LagBook } from '../lag-book.ts'

export type LagWatch = {
  /** Looks at once: partitions were assigned anew. */
  look(): void
  stop(): void
}

/**
 * Asks the brokers where the logs end every `every` milliseconds, also of partitions without traffic, and for partitions
 * that were just assigned what was committed. Without an answer the book keeps what it knows.
 */
export const watchLag = (
  admin: Admin,
  { topic, group }: { topic: string; group: string },
  book: LagBook,
  every: number,
): LagWatch => {
  let asking = false
  let again = false

  const ask = async () => {
    if (book.owned().length === 0) return
    const unknown = book.unknown()
    const [committed] =
      unknown.length === 0 ? [] : await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const logs = await admin.fetchTopicOffsets(topic)
    for (const { partition, high } of logs) book.end(partition, Number(high))
    // What is committed meanwhile by this consumer is higher, and the book keeps the higher one.
    for (const partition of unknown) {
      const known = Number(committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? -1)
      const begin = Number(logs.find((entry) => entry.partition === partition)?.low ?? 0)
      book.committed(partition, Math.max(known, begin))
    }
  }

  const look = async () => {
    again = asking
    if (asking) return
    asking = true
    try {
      await ask()
    } catch {
      // The brokers are gone for now; the membership tells.
    }
    asking = false
    if (again) await look()
  }

  const timer = setInterval(look, every)
  return { look: () => void look(), stop: () => clearInterval(timer) }
}
