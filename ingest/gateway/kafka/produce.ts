import { type Connection, createAPI, produceV9, Writer } from '@platformatic/kafka'

/** What goes to one partition. `within`: milliseconds that the broker gives its followers; `records`: a record batch. */
export type ProduceOrder = {
  acks: number
  within: number
  topic: string
  partition: number
  records: Buffer
}

const PRODUCE = 0

/** Known to brokers from 2.4 on, with 4.x among them; later versions bring nothing that is needed here. */
const VERSION = 9

/** The client's own request encodes records by itself; this one takes them as they are. */
const createRequest = ({ acks, within, topic, partition, records }: ProduceOrder): Writer =>
  Writer.create()
    .appendString(null) // no transaction
    .appendInt16(acks)
    .appendInt32(within)
    .appendArray([topic], (writer) => {
      writer.appendString(topic).appendArray([partition], (inner) => {
        inner
          .appendInt32(partition)
          .appendUnsignedVarInt(records.length + 1)
          .append(records)
      })
    })
    .appendTaggedFields()

const api = createAPI<[ProduceOrder], produceV9.ProduceResponse>(
  PRODUCE,
  VERSION,
  createRequest,
  produceV9.parseResponse,
)

/** Writes one batch and answers the offset of its first record. Rejects with the errors of the client. */
export const produce = async (connection: Connection, order: ProduceOrder): Promise<number> => {
  const { responses } = await api.async(connection, order)
  const offset = responses[0]?.partitionResponses[0]?.baseOffset
  if (offset === undefined) throw new Error('the answer of the broker has no offset')
  return Number(offset)
}
