import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ManifestInstance } from '../../../../controller/decision/fleet.ts'
import type { Run } from '../../../../controller/decision/policy.ts'
import {
  driftOf,
  type Extras,
  isSame,
  read,
  render,
} from '../../../../controller/providers/yandex/compose.ts'
import { aManifest } from '../../../contract/provider.ts'
import { compose } from '../../../support/yandex/compose.ts'

const place = { host: 'capuchin-edge-7', zone: 'ru-central1-a' }
const bare: Extras = { system: [], nodeExporter: false }

const aRun = (over: Partial<Run> = {}): Run => ({
  image: 'cr.example/web:1',
  env: {},
  slots: 1,
  probe: {
    target: { kind: 'http', path: '/ready' },
    every: 5_000,
    timeout: 2_000,
    failures: 3,
    startWithin: 60_000,
  },
  drain: { path: '/drain', grace: 30_000 },
  version: '1',
  ...over,
})

/** The variable of this name as operators write it. */
const the = (name: string): string => `\${${name}}`

const one = (run: Partial<Run> = {}, over: Partial<ManifestInstance> = {}): ManifestInstance => ({
  id: 'web-1',
  workload: 'web',
  slots: [0],
  port: 8100,
  run: aRun(run),
  token: 'secret',
  placedAt: 1,
  ...over,
})

function textOf(instances: readonly ManifestInstance[], extras = bare): string {
  const rendered = render(aManifest(3, 7, instances), place, extras)
  if (rendered.kind === 'invalid') throw new Error(rendered.detail)
  return rendered.text
}

/** What Docker makes of a text: the services after its interpolation. */
function servicesIn(text: string) {
  const composed = compose(text)
  if (composed.kind === 'invalid') throw new Error(composed.why)
  expect(composed.warnings).toEqual([])
  return composed.services
}

/** Texts that break things out of their fields where somebody joins strings. */
const nasty = [
  '"',
  "'",
  '\n',
  '\r\n\t',
  '$',
  '$$',
  `$${'{X}'}`,
  `$${'{X:-y}'}`,
  `$${'{'}`,
  '#',
  ' # no comment',
  ': ',
  '- ',
  '|',
  '>-',
  '&a *a',
  '!!binary x',
  '---',
  '...',
  '%YAML 1.1',
  'yes',
  'null',
  '0x1f',
  '12:30:45',
  '1_000',
  '\\',
  '\\u0024',
  '\u0085\u2028\u2029\ufeff\u007f\u0001',
  '😀',
  '"\nservices:\n  evil:\n    image: evil',
]
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...nasty), { maxLength: 8 }).map((parts) => parts.join('')),
)
/** Variables of ours would be replaced, which another test looks at. */
const given = text
  .map((one) => one.replaceAll('\0', '').replace(/\$\{(port|data|id|host|zone|slot|address)\}/g, ''))
  .filter((one) => one.isWellFormed())
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).filter((one) => one !== '__proto__')
const instance = fc
  .record({
    image: given.filter((one) => one !== ''),
    command: fc.array(given, { maxLength: 4 }),
    env: fc.dictionary(name, given, { maxKeys: 4 }),
    token: given,
    path: given,
    version: given,
    workload: fc.constantFrom('web', 'a-longer-name'),
    slots: fc.constantFrom([0], [1, 2]),
  })
  .map(({ token, path, workload, slots, ...run }) =>
    one({ ...run, drain: { path, grace: 1_500 } }, { token, workload, slots }),
  )

describe('the text of a manifest', () => {
  test('holds whatever it is given: read back it is the same, and Docker sees each value as it was given', () => {
    fc.assert(
      fc.property(fc.array(instance, { maxLength: 3 }), (list) => {
        const instances = list.map((own, at) => ({ ...own, id: `${own.workload}-${at}` }))
        const written = textOf(instances)
        const found = read(written)
        expect(found).toMatchObject({ kind: 'manifest', isTouched: false })
        expect(found.kind === 'manifest' && isSame(found.manifest, aManifest(3, 7, instances))).toBe(true)
        expect(driftOf(written, place, bare, undefined)).toBeUndefined()
        const services = servicesIn(written)
        expect([...services.keys()]).toEqual(instances.map(({ id }) => id))
        for (const { id, run, token } of instances) {
          const service = services.get(id)
          expect(service?.image).toBe(run.image)
          expect(service?.command).toEqual(run.command)
          expect(service?.environment).toMatchObject({ ...run.env, CAPUCHIN_DRAIN_TOKEN: token })
        }
      }),
      { numRuns: 40 },
    )
  })

  test.for(['x', '$', '"', 'é', '\n'])('holds ten thousand of %j', (char) => {
    const env = { LONG: char.repeat(10_240) }
    const written = textOf([one({ env })])
    expect(read(written)).toMatchObject({ manifest: { instances: [{ run: { env } }] } })
    expect(servicesIn(written).get('web-1')?.environment).toMatchObject(env)
  })

  test('is the same text for the same manifest, whatever the order of its keys', () => {
    const { id, ...rest } = one()
    expect(isSame(aManifest(3, 7, [one()]), aManifest(3, 7, [{ ...rest, id }]))).toBe(true)
    expect(textOf([one()])).toBe(textOf([one()]))
  })

  test('gives an instance what the local provider gives it, and what containers need', () => {
    const run = {
      command: ['serve', '--at', `${the('address')}:${the('port')}`, `${the('slot')} ${the('unknown')}`],
      env: { IN: `${the('zone')}/${the('host')}`, AT: the('data') },
    }
    const file: unknown = parse(
      textOf([one({ ...run, drain: { grace: 90_000 } }, { slots: [1, 2], port: 8101 })]),
    )
    expect(file).toMatchObject({
      services: {
        'web-1': {
          image: 'cr.example/web:1',
          command: ['serve', '--at', 'capuchin-edge-7.ru-central1.internal:8101', `1 $${the('unknown')}`],
          environment: {
            IN: 'ru-central1-a/capuchin-edge-7',
            AT: '/var/lib/capuchin/data',
            CAPUCHIN_DRAIN_TOKEN: 'secret',
            CAPUCHIN_INSTANCE: 'web-1',
            CAPUCHIN_WORKLOAD: 'web',
            CAPUCHIN_HOST: 'capuchin-edge-7',
            CAPUCHIN_ZONE: 'ru-central1-a',
            PORT: '8101',
          },
          network_mode: 'host',
          restart: 'always',
          stop_grace_period: '90000ms',
          cpu_shares: 512,
          logging: { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } },
          labels: { 'capuchin.instance': 'web-1', 'capuchin.workload': 'web' },
          volumes: ['data-web-1:/var/lib/capuchin/data'],
        },
      },
      volumes: { 'data-web-1': { name: 'capuchin-data-web-1' } },
      'x-capuchin': { epoch: 3, revision: 7 },
    })
  })

  test('has no volume for one that keeps nothing, and says nothing of a command that the image has', () => {
    const { volumes, services } = Object(parse(textOf([one()])))
    expect(volumes).toBeUndefined()
    expect(Object.keys(services['web-1'])).not.toContain('command')
  })

  test('has the system containers of the pool, which no manifest names', () => {
    const system = [
      {
        name: 'vector',
        image: 'vector:1',
        command: ['-c', '$HOME'],
        env: { A: '$1' },
        volumes: ['/var:/v:ro'],
      },
    ]
    const written = textOf([one()], { system, nodeExporter: true })
    const services = servicesIn(written)
    expect([...services.keys()]).toEqual(['web-1', 'system_node-exporter', 'system_vector'])
    expect(services.get('system_vector')).toMatchObject({
      command: ['-c', '$HOME'],
      environment: { A: '$1' },
    })
    expect(parse(written)).toMatchObject({
      services: {
        'system_node-exporter': { network_mode: 'host', pid: 'host', volumes: ['/:/host:ro,rslave'] },
      },
    })
    expect(
      servicesIn(textOf([], { system: [], nodeExporter: 'my/exporter:2' })).get('system_node-exporter'),
    ).toMatchObject({
      image: 'my/exporter:2',
    })
  })

  test.for([
    ['an instance without an image', [one({ image: '' })], 'web-1 has no image: VMs run containers'],
    [
      'a zero byte',
      [one({ env: { A: 'a\0b' } })],
      'web-1 has a text with a zero byte, or half a character, in its run',
    ],
    [
      'half a character',
      [one({ command: ['\ud800'] })],
      'web-1 has a text with a zero byte, or half a character, in its run',
    ],
    [
      'an id that no container can have',
      [one({}, { id: 'web 1' })],
      '"web 1" cannot be the name of a container',
    ],
    ['an id twice', [one(), one()], 'two of its instances have one id'],
  ] as const)('is refused for %s', ([, instances, detail]) => {
    expect(render(aManifest(1, 1, instances), place, bare)).toEqual({ kind: 'invalid', detail })
  })

  test('is refused when it is longer than the cloud takes, with both sizes', () => {
    const long = one({ env: { A: 'x'.repeat(140_000) } })
    const rendered = render(aManifest(1, 1, [long]), place, bare)
    expect(rendered).toMatchObject({
      kind: 'invalid',
      detail: expect.stringMatching(/takes 28\d{4} bytes .* takes 262144/),
    })
  })
})

describe('a text that somebody has changed', () => {
  const told = aManifest(3, 7, [one(), one({}, { id: 'web-2', slots: [1], port: 8101 })])
  const written = textOf(told.instances)
  const drift = (text: string | undefined, known = true) =>
    driftOf(text, place, bare, known ? told : undefined)

  test('is told by the services that differ', () => {
    const changed = written.replace('cr.example/web:1', 'cr.example/web:2')
    expect(read(changed)).toMatchObject({ kind: 'manifest', isTouched: true })
    expect(drift(changed, false)).toBe('its docker-compose metadata was changed by hand: web-1')
  })

  test('is told when our part of it is gone, or is none', () => {
    const gone = 'its docker-compose metadata has no x-capuchin of ours any more'
    expect(drift(undefined)).toBe('it has no docker-compose metadata')
    expect(drift('services: {}')).toBe(gone)
    expect(drift(written.replace('"epoch": 3', '"epoch": x'))).toBe(gone)
    expect(drift(written.replace('"instances": "[', '"instances": "{'))).toBe(
      'its docker-compose metadata is not YAML that we can read',
    )
    expect(drift('a: [')).toBe('its docker-compose metadata is not YAML that we can read')
  })

  test('is told when it agrees with itself, as long as this process knows what it was', () => {
    const other = textOf([one({ version: 'other' })])
    expect(drift(other)).toBe('the manifest in its x-capuchin was changed under its revision')
    expect(drift(other, false)).toBeUndefined()
  })

  test('is told apart from one that was written with other system containers', () => {
    const now: Extras = { system: [], nodeExporter: true }
    expect(driftOf(written, place, now, told)).toBe(
      'it was written by another version, or with other system containers',
    )
  })

  test('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.oneof(text, fc.json(), fc.constantFrom('*a', '&a [*a]', '? ', '!!js/function x')),
        (any) => {
          expect(['manifest', 'unreadable']).toContain(read(any).kind)
          expect(typeof drift(any)).toBe('string')
        },
      ),
    )
  })
})
