/** Who a client certificate may be for. Takes a name and groups; refuses, with what to do instead, what would take Kubernetes' own. */
import { UserError } from '../errors.ts'
import type { Subject } from './names.ts'

/** RFC 5280, appendix A: ub-common-name and ub-organization-name. */
const longest = 64

/** What the API server takes for its own: nodes, components, service accounts, and the groups of each. */
const ofKubernetes = 'system:'
/** No authorizer is asked about it, so no RBAC takes it back. */
const masters = 'system:masters'

const refuseUnusable = (what: string, name: string): void => {
  if (name === '' || name.trim() !== name || /\p{C}/u.test(name))
    throw new UserError(`${what} ${JSON.stringify(name)} is empty, or has characters that nobody sees`, {
      hint: 'the RBAC rules that are to match it must be able to name it',
    })
  if (name.length > longest)
    throw new UserError(`${what} ${name} is longer than a certificate holds (${longest} characters)`, {
      hint: 'take a shorter one',
    })
}

const refuseSystem = (what: string, name: string): void => {
  if (name.startsWith(ofKubernetes))
    throw new UserError(`${what} ${name} is one of Kubernetes itself`, {
      hint: 'take another one; if that is what you want to be taken for: --system',
    })
}

const refuseMasters = (name: string): void => {
  if (name === masters)
    throw new UserError(`${masters} is not given away: it can do anything, and nothing takes it back`, {
      hint: 'for an hour, where RBAC itself is broken: slipway kubeconfig break-glass',
    })
}

export const personSubject = (
  commonName: string,
  groups: readonly string[],
  { system }: { readonly system: boolean },
): Subject => {
  const check = (what: string, name: string): void => {
    refuseUnusable(what, name)
    refuseMasters(name)
    if (!system) refuseSystem(what, name)
  }
  check('the user', commonName)
  for (const group of groups) check('the group', group)
  return { commonName, organizations: [...new Set(groups)] }
}
