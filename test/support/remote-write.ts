/** One time series to write: its labels with `__name__`, its samples in order of time (`t` in epoch milliseconds). */
export type Series = { labels: Record<string, string>; samples: readonly { t: number; value: number }[] }

/**
 * The body of a Prometheus remote-write request (version 0.1.0): a protobuf `WriteRequest` in a snappy block.
 * Encoded by hand because four message types and uncompressed literals are all that it takes.
 */
export const remoteWriteBody = (series: readonly Series[]): Buffer =>
  snappy(Buffer.concat(series.map((one) => field(1, timeSeries(one)))))

const timeSeries = ({ labels, samples }: Series): Buffer =>
  Buffer.concat([
    // The receiver refuses labels that are not sorted by name.
    ...Object.keys(labels)
      .sort()
      .map((name) => field(1, label(name, labels[name] ?? ''))),
    ...samples.map((one) => field(2, sample(one.t, one.value))),
  ])

const label = (name: string, value: string): Buffer =>
  Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])

const sample = (t: number, value: number): Buffer => {
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  return Buffer.concat([Buffer.from([0x09]), double, Buffer.from([0x10]), varint(t)])
}

/** A length-delimited protobuf field. */
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2]), varint(content.length), content])

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, rest])
}

/** A snappy block of literals only: the whole length, then chunks that each say their own length in two bytes. */
const snappy = (content: Buffer): Buffer => {
  const chunks: Buffer[] = [varint(content.length)]
  for (let start = 0; start < content.length; start += 65_536) {
    const chunk = content.subarray(start, start + 65_536)
    const last = chunk.length - 1
    chunks.push(Buffer.from([0xf4, last % 256, Math.floor(last / 256)]), chunk)
  }
  return Buffer.concat(chunks)
}
