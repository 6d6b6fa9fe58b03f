/** Which executable a service runs. Takes what a host carries and the path; gives the SHA-256, of what a link leads to as well. */
import type { RoleContents } from '../bundle/role-contents.ts'

export const executableHash = ({ binaries, extracts }: RoleContents, path: string): string => {
  const all = [...binaries, ...extracts]
  const link = all.find((step) => step.kind === 'link' && step.path === path)
  const target = link?.kind === 'link' ? link.target : path
  const found = all.find((step) => step.kind !== 'link' && step.path === target)
  if (found && found.kind !== 'link') return found.sha256
  throw new Error(`the bundle has no ${path}`)
}
