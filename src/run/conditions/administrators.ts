/**
 * The API server knows what administrators may do: it hears of a role binding a little after it has stored it, and on a busy machine a
 * request of an administrator that comes in between is refused.
 */
import { administrators } from '../lets-in.ts'
import type { Watched } from './types.ts'

const everything = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { group: '*', resource: '*', verb: '*' } },
}

type Review = { readonly status?: { readonly allowed?: boolean } }

export const administratorsLetIn: Watched = {
  id: 'administrators-let-in',
  look: async (api) => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const { status } = await (await api()).request<Review>('POST', path, { body: everything })
    return status?.allowed === true
      ? { met: true }
      : { met: false, seen: `the group ${administrators} may not do everything yet` }
  },
  hint: `see what the binding says with: kubectl --kubeconfig BREAK-GLASS get clusterrolebinding ${administrators} -o yaml; \`slipway kubeconfig break-glass\` makes that file`,
}
