import { readdirSync } from 'node:fs'
import { get } from 'node:http'
import type { Measured } from './child.ts'

/** What goes over the wire for the page, by encoding, and for script and style together, in bytes. */
export interface Bytes {
  plain: number
  gzip: number
  br: number
  assets: number
}

export async function measureBytes({ url }: Measured): Promise<Bytes> {
  const html = await bodyOf(url, 'identity')
  const folder = /href="(\/assets\/[0-9a-f]+)\/page\.css"/.exec(html.toString())?.[1] ?? ''
  const names = readdirSync('controller/web/page/browser').filter((name) => !name.endsWith('.json'))
  let assets = 0
  for (const name of names) assets += (await bodyOf(`${url}${folder}/${name}`, 'gzip')).length
  const sizeOf = async (encoding: string): Promise<number> => (await bodyOf(url, encoding)).length
  return { plain: html.length, gzip: await sizeOf('gzip'), br: await sizeOf('br'), assets }
}

/** As it comes, not unpacked. */
function bodyOf(url: string, encoding: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const request = get(url, { headers: { 'accept-encoding': encoding } }, (answer) => {
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    answer.on('end', () => resolve(Buffer.concat(chunks)))
    answer.on('error', reject)
  })
  request.on('error', reject)
  return promise
}
