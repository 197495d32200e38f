import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type { Manifest } from '../../decision/fleet.ts'
import { ManifestSchema } from '../../store/schema.ts'
import { type Place, servicesOf } from './services.ts'
import type { YandexSettings } from './settings.ts'

/** What of a pool's settings goes into the text beside the manifest. */
export type Extras = Pick<YandexSettings, 'system' | 'nodeExporter'>

/** The most that the cloud takes for one value of metadata, in bytes. */
const TEXT_MOST = 256 * 1024

export type Rendered = { kind: 'text'; text: string } | { kind: 'invalid'; detail: string }

/**
 * The text of the `docker-compose` metadata for a manifest. Equal manifests make equal texts. Every value stands in double quotes
 * with all that is not plain escaped, so that none can end early or be read as anything but a text, by a reader of any age; `$` is
 * doubled where Docker Compose interpolates. The manifest itself lies in `x-capuchin` as JSON, in which `$` is written `\u0024`,
 * since some versions of Compose interpolate there too and others do not.
 */
export function render(manifest: Manifest, place: Place, extras: Extras): Rendered {
  const flaw = flawOf(manifest)
  if (flaw !== undefined) return { kind: 'invalid', detail: flaw }
  const body = servicesOf(manifest, place, extras)
  const { epoch, revision, instances } = manifest
  const own = { epoch, revision, instances: noDollar(JSON.stringify(inOrder(instances))), sum: sumOf(body) }
  const text = escaped(stringify({ version: '3.7', ...body, 'x-capuchin': own }, style))
  const bytes = Buffer.byteLength(text)
  if (bytes <= TEXT_MOST) return { kind: 'text', text }
  const detail = `the manifest of ${place.host} takes ${bytes} bytes as metadata, and the cloud takes ${TEXT_MOST}: ${instances.length} instances are too many, or their commands and environments too long`
  return { kind: 'invalid', detail }
}

const style = {
  lineWidth: 0,
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'QUOTE_DOUBLE',
  doubleQuotedAsJSON: true,
  aliasDuplicateObjects: false,
} as const

/** Characters that YAML does not take raw, or that some of its readers take for the end of a line. */
function escaped(text: string): string {
  return text.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** With the keys of all mappings in order, so that what was read and written again is the same to the letter. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}

const noDollar = (json: string): string => json.replaceAll('$', '\\u0024')

/** People may write what makes a parser warn; aliases could make a short text a huge one. */
const quiet = { maxAliasCount: 0, logLevel: 'error' } as const

/** What no container could be started with. */
function flawOf({ instances }: Manifest): string | undefined {
  for (const instance of instances) {
    const { id, run } = instance
    if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,127}$/.test(id))
      return `${JSON.stringify(id)} cannot be the name of a container`
    if (run.image === undefined || run.image === '') return `${id} has no image: VMs run containers`
    const texts = [run.image, instance.token, ...(run.command ?? []), ...Object.values(run.env)]
    if (texts.some((text) => !text.isWellFormed() || text.includes('\0')))
      return `${id} has a text with a zero byte, or half a character, in its run`
  }
  const ids = new Set(instances.map(({ id }) => id))
  return ids.size === instances.length ? undefined : 'two of its instances have one id'
}

export type Parsed =
  | { kind: 'manifest'; manifest: Manifest; isTouched: boolean }
  | { kind: 'unreadable'; why: string }

const Own = z.strictObject({
  epoch: z.int(),
  revision: z.int(),
  instances: z.string(),
  sum: z.string(),
})

/**
 * The manifest in a text of the metadata. `isTouched`: what stands around it is not what was written with it. Never throws: people write into metadata what they like.
 */
export function read(text: string | undefined): Parsed {
  if (text === undefined) return unreadable('it has no docker-compose metadata')
  try {
    const tree: unknown = parse(text, quiet)
    const file = File.safeParse(tree)
    if (!file.success) return unreadable('its docker-compose metadata has no x-capuchin of ours any more')
    const { 'x-capuchin': own, services, volumes } = file.data
    const { epoch, revision, sum } = own
    const found = ManifestSchema.safeParse({ revision, epoch, instances: JSON.parse(own.instances) })
    if (!found.success) return unreadable('the manifest in its x-capuchin is not one')
    const body = { services, ...(volumes !== undefined && { volumes }) }
    return { kind: 'manifest', manifest: found.data, isTouched: sumOf(body) !== sum }
  } catch {
    return unreadable('its docker-compose metadata is not YAML that we can read')
  }
}

const File = z.looseObject({
  'x-capuchin': Own,
  services: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()).optional(),
})

const unreadable = (why: string): Parsed => ({ kind: 'unreadable', why })

function sumOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16)
}

/** Whether two manifests say the same, whatever the order of their keys. */
export function isSame(a: Manifest, b: Manifest): boolean {
  return isDeepStrictEqual(plain(a), plain(b))
}

const plain = (manifest: Manifest): unknown => JSON.parse(JSON.stringify(manifest))

/**
 * In what a text differs from what we write for the manifest in it; undefined when it does not. `told`: what the host was last told
 * under that epoch and revision, where this process knows it: only then a text that was changed throughout, so that it agrees with
 * itself, is noticed.
 */
export function driftOf(
  text: string | undefined,
  place: Place,
  extras: Extras,
  told: Manifest | undefined,
): string | undefined {
  const found = read(text)
  if (found.kind === 'unreadable') return found.why
  const { manifest, isTouched } = found
  const isKnown = told?.epoch === manifest.epoch && told.revision === manifest.revision
  if (isKnown && !isSame(told, manifest))
    return 'the manifest in its x-capuchin was changed under its revision'
  const ours = render(manifest, place, extras)
  if (ours.kind === 'text' && ours.text === text) return undefined
  if (!isTouched) return 'it was written by another version, or with other system containers'
  return `its docker-compose metadata was changed by hand: ${differences(text ?? '', ours)}`
}

/** The services that are not as we write them. */
function differences(text: string, ours: Rendered): string {
  const theirs = servicesIn(text)
  const wanted = servicesIn(ours.kind === 'text' ? ours.text : '')
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(wanted)])]
  const changed = names.filter((name) => !isDeepStrictEqual(theirs[name], wanted[name]))
  return changed.length === 0 ? 'its volumes' : changed.slice(0, 5).join(', ')
}

function servicesIn(text: string): Readonly<Record<string, unknown>> {
  const file = File.safeParse(parse(text, quiet))
  return file.success ? file.data.services : {}
}
