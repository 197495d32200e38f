import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'

const Operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
})

const Document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

/** The document of an API, and what holds answers against it. */
export interface Judge {
  document: z.output<typeof Document>
  /** A validator of what a path answers with a code. */
  of(path: string, method: string, code: string): ValidateFunction
  /** The paths whose GET answers JSON. */
  reads: string[]
}

/** What the document leaves open for later versions is closed, so that a field that it does not have is found. */
function closed(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map((one) => (isObject(one) ? closed(one) : one))
  const entries = Object.entries(schema ?? {}).map(([key, one]) => [key, isObject(one) ? closed(one) : one])
  const made = Object.fromEntries(entries)
  return made.type === 'object' && isObject(made.properties) ? { additionalProperties: false, ...made } : made
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** `text`: the document as it is served. */
export function judgeBy(text: string): Judge {
  const value = closed(JSON.parse(text))
  const document = Document.parse(value)
  const ajv = new Ajv2020({ strict: false }).addSchema({ $id: 'document', ...value })
  const isRead = (path: string): boolean =>
    document.paths[path]?.['get']?.responses['200']?.content?.['application/json'] !== undefined
  return {
    document,
    reads: Object.keys(document.paths).filter(isRead),
    of(path, method, code) {
      const pointer = [path, method, 'responses', code, 'content', 'application/json', 'schema']
      const escaped = pointer.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      return ajv.compile({ $ref: `document#/paths/${escaped.map(encodeURIComponent).join('/')}` })
    },
  }
}

/** What is asked for at a path of the document, in a world that has the workload `ingest` and the pool `pool`. */
export function askedAt(path: string, pool: string, now: number): string {
  const named = path.replace('{workload}', 'ingest').replace('workloads/{name}', 'workloads/ingest')
  const whole = named.replace('pools/{name}', `pools/${pool}`)
  return whole === '/api/v1/numbers' ? `${whole}?workload=ingest&from=0&to=${now}` : whole
}
