/** An id of an element that is about something with a name: the same for the same name, and another one for each other name. */
export const idOf = (kind: string, name: string): string =>
  `${kind}-${name.replaceAll(/[^A-Za-z0-9-]/g, (one) => `_${(one.codePointAt(0) ?? 0).toString(16)}_`)}`

/** Where the page of a workload is. */
export const pathOf = (workload: string): string => `/workloads/${encodeURIComponent(workload)}`

/** Where the changes of that page come from. */
export const livePathOf = (workload: string): string => `/live${pathOf(workload)}`
