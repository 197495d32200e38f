/** A table of ClickHouse, by its database and its own name. */
export type Table = { database: string; name: string }

/** Reads `DB.TABLE`. Throws an Error that says what is wrong. */
export const tableOf = (text: string): Table => {
  const [, database, name] = /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)$/.exec(text) ?? []
  if (database !== undefined && name !== undefined) return { database, name }
  throw new Error(
    `--table ${text} is no table: say DB.TABLE, of letters, digits and _, such as default.events`,
  )
}

/** The table as it stands in a statement. */
export const quoted = ({ database, name }: Table): string => `${database}.${name}`
