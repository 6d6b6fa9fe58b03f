/**
 * What the checksum files of releases say. Takes their text and the name of a file; gives its SHA-256. They are a bare hash
 * (dl.k8s.io), one line of sha256sum's (containerd, CNI plugins, crictl) or many, with a signature around them (runc).
 */
export const checksumIn = (text: string, file: string): string | undefined => {
  const rows = text.split('\n').flatMap((line) => {
    const [, hash = '', name = ''] = /^([0-9a-f]{64})(?:\s+\*?(\S+))?\s*$/i.exec(line) ?? []
    return hash === '' ? [] : [{ hash: hash.toLowerCase(), name: name.replace(/^.*\//, '') }]
  })
  const named = rows.find(({ name }) => name === file)
  if (named) return named.hash
  const [only] = rows
  return rows.length === 1 && only?.name === '' ? only.hash : undefined
}
