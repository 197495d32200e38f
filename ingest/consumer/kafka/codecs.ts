import { promisify } from 'node:util'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'

const { CompressionCodecs, CompressionTypes, KafkaJSNonRetriableError } = kafkajs

const compressZstd = promisify(zlib.zstdCompress)
const decompressZstd = promisify(zlib.zstdDecompress)

/** kafkajs itself reads gzip only. Snappy comes raw or in Xerial's frames; zstd is Node's own. */
export const registerCodecs = (): void => {
  CompressionCodecs[CompressionTypes.Snappy] = snappy
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compressZstd(buffer),
    decompress: (buffer: Buffer) => decompressZstd(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => {
    throw new KafkaJSNonRetriableError(
      'records are compressed with lz4, which this consumer cannot read: set compression.type of the topic, or of ' +
        'its producers, to snappy, gzip or zstd',
    )
  }
}
