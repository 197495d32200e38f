/** Where a controller serves, and what it is to be shown by those who read, where it asks for it. */
export interface Reach {
  url: string
  token?(): Promise<string | undefined>
}
