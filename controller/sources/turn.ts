/**
 * A function that makes one answer for all who ask the same in one turn of the loop. A thousand readings that begin at the same time
 * share a deadline: one for each of them would hold on to each of them until it is over.
 */
export function oncePerTurn<Q, A>(make: (question: Q) => A): (question: Q) => A {
  let answers = new Map<Q, A>()
  return (question) => {
    const known = answers.get(question)
    if (known !== undefined) return known
    if (answers.size === 0) {
      setImmediate(() => {
        answers = new Map()
      })
    }
    const answer = make(question)
    answers.set(question, answer)
    return answer
  }
}
