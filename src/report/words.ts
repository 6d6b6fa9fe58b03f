/** Numbers as people say them. */
export const secondsText = (seconds: number): string => `${seconds.toFixed(1)} s`

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

/** "w1, w2, w3 and 297 more" */
export const listed = (names: readonly string[], most = 5): string => {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

export const megabytesText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
