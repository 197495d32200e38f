/** Keeps the answers to the newest `most` questions, those still under way included, so that equal ones are asked once. */
export function memo<T>(most: number): {
  once(key: string, ask: () => Promise<T>, isWorthKeeping: (answer: T) => boolean): Promise<T>
} {
  const answers = new Map<string, Promise<T>>()
  return {
    async once(key, ask, isWorthKeeping) {
      const known = answers.get(key)
      if (known !== undefined) return known
      const asked = ask()
      answers.set(key, asked)
      const oldest = answers.keys().next().value
      if (answers.size > most && oldest !== undefined) answers.delete(oldest)
      const answer = await asked
      if (!isWorthKeeping(answer) && answers.get(key) === asked) answers.delete(key)
      return answer
    },
  }
}
