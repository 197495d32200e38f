/** An HTTP answer as a value: what is decided apart from how it is written. */
export type Answer = {
  status: number
  contentType: string
  text: string
  headers?: Readonly<Record<string, string>>
  /** The connection ends with this answer. */
  closes?: true
}

export const JSON_TYPE = 'application/json'
export const TEXT_TYPE = 'text/plain; charset=utf-8'

/** An error as Go's http.Error writes it, which the seed's clients know: a line of text that no browser guesses about. */
export const refusal = (status: number, text: string, headers: Record<string, string> = {}): Answer => ({
  status,
  contentType: TEXT_TYPE,
  text: `${text}\n`,
  headers: { 'X-Content-Type-Options': 'nosniff', ...headers },
})

/** The same answer, as the last one on its connection. */
export const closing = (answer: Answer): Answer => ({ ...answer, closes: true })
