import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Files } from '../../policy/load.ts'

/** What pages are shown with, under an address that changes with the content, so that browsers may keep it for ever. */
export interface Assets {
  /** The folder of them, without a slash at the end, and its last part. */
  path: string
  hash: string
  of(name: string): Asset | undefined
}

export interface Asset {
  type: string
  text: string
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** Reads all of them from the folder beside this file. They are part of the program: that one is missing is thrown. */
export function readAssets(files: Pick<Files, 'list' | 'read'>): Assets {
  const folder = fileURLToPath(new URL('./browser', import.meta.url))
  const found = new Map<string, Asset>()
  const hash = createHash('sha256')
  for (const name of [...files.list(folder)].sort()) {
    const type = types[name.slice(name.lastIndexOf('.') + 1)]
    if (type === undefined) continue
    const text = files.read(`${folder}/${name}`)
    hash.update(`${name}\n${text}\n`)
    found.set(name, { type, text })
  }
  const digest = hash.digest('hex').slice(0, 12)
  return { path: `/assets/${digest}`, hash: digest, of: (name) => found.get(name) }
}
