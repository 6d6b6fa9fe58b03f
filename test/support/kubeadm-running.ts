/**
 * What an installer left in a cluster that runs, as leaves to compare: the objects that it made, the files that it wrote, and who may
 * read what. Takes a lab whose cp1 is a control plane. What is another cluster's by nature (addresses, certificates, dates) is replaced
 * by a word; what the cluster did by itself is left out.
 */
import { basename } from 'node:path'
import type { KubeObject } from '../../src/api/types.ts'
import type { Lab } from '../../src/lab/types.ts'
import { type Compared, onTheHost } from './compare.ts'
import { fileLeaves, objectLeaves } from './kubernetes-leaves.ts'
import { findHost } from './lab.ts'
import { kubectl, onHost } from './on-host.ts'

/** As the scenarios of the golden tests have it, so that a row of the table is true of both. */
const asInScenarios = (lab: Lab, text: string): string =>
  text
    .replaceAll(findHost(lab, 'cp1').address, '10.0.0.11')
    .replaceAll(lab.name, 'demo')
    .replaceAll(/-----BEGIN ([A-Z]+ )+-----.+?-----END ([A-Z]+ )+-----/gs, 'PEM')
    .replaceAll(/(?<=-data: )LS0t[\w+/=]+/g, 'PEM')
    .replaceAll(/kubelet-client-\d[\d-]+\.pem/g, 'kubelet-client-DATE.pem')

const kinds = [
  ...['configmaps', 'secrets', 'serviceaccounts', 'roles', 'rolebindings', 'clusterroles'],
  ...['clusterrolebindings', 'services', 'daemonsets', 'deployments', 'nodes'],
]

type Text = Readonly<Record<string, string>>
type Taint = { readonly key: string; readonly value?: string; readonly effect: string }

type RunningObject = KubeObject & {
  readonly metadata: { readonly managedFields?: readonly { readonly manager: string }[] }
  readonly spec?: { readonly taints?: readonly Taint[] }
  readonly data?: Text
}

/** A ServiceAccount has no field that anybody could own, so it does not say who made it. */
const serviceAccounts: ReadonlySet<string> = new Set(['coredns', 'kube-proxy', 'flannel'])

const madeByInstaller = ({ kind, metadata: { name, managedFields = [] } }: RunningObject): boolean => {
  if (kind === 'Node') return name === 'cp1'
  if (kind === 'ServiceAccount') return serviceAccounts.has(name)
  return managedFields.some(({ manager }) => manager === 'kubeadm' || manager === 'slipway')
}

/** The controller manager signs cluster-info once for each token. */
const unsigned = (data: Text): Text =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('jws-kubeconfig-')))

const named = ({ key, value, effect }: Taint) => ({ name: key, value, effect })

/** Without what the API server, the controllers and the kubelet say of it. */
const asMade = ({ status: _status, ...object }: RunningObject): KubeObject => {
  const { name, namespace, labels, annotations } = object.metadata
  const made = { ...object, metadata: { name, namespace, labels, annotations } as KubeObject['metadata'] }
  if (made.kind === 'Node') return { ...made, spec: { taints: made.spec?.taints?.map(named) } }
  return made.kind === 'ConfigMap' ? { ...made, data: unsigned(made.data ?? {}) } : made
}

/** Of the tokens only this one: how many there are, and until when, is up to each. */
const runningObjects = async (lab: Lab, token: string): Promise<Compared> => {
  const text = await kubectl(lab, `get ${kinds.join(',')} -A --show-managed-fields -o json`)
  const { items } = JSON.parse(asInScenarios(lab, text)) as { readonly items: readonly RunningObject[] }
  const secret = `bootstrap-token-${token.split('.')[0]}`
  const made = items
    .filter(madeByInstaller)
    .filter(({ kind, metadata }) => kind !== 'Secret' || metadata.name === secret)
  return objectLeaves(made.map(asMade))
}

/** The rest of /var/lib/kubelet is the kubelet's own, and comes and goes. */
const list = `
find /etc/kubernetes /var/lib/kubelet/pki -printf '%p %m %u:%g %y\\n'
find /var/lib/kubelet /var/lib/etcd -maxdepth 0 -printf '%p %m %u:%g %y\\n'`

const read = `
for file in /etc/kubernetes/*.conf /etc/kubernetes/manifests/* /var/lib/kubelet/*.yaml /var/lib/kubelet/*.env; do
  echo "$file $(stat -c %a "$file") $(base64 -w0 "$file")"
done`

const lines = async (lab: Lab, script: string): Promise<readonly string[]> =>
  (await onHost(lab, 'cp1', script)).trim().split('\n')

/** By name, what is in each file that an installer writes for others to read. */
const runningFiles = async (lab: Lab): Promise<Compared> => {
  const files = (await lines(lab, read)).map((line) => {
    const [path = '', mode = '', base64 = ''] = line.split(' ')
    const content = asInScenarios(lab, Buffer.from(base64, 'base64').toString('utf8'))
    return [basename(path), { mode: Number.parseInt(mode, 8), content }] as const
  })
  return fileLeaves(new Map(files))
}

const runningPaths = async (lab: Lab): Promise<Compared> => {
  const paths = (await lines(lab, list)).map((line) => {
    const [path = '', ...rest] = asInScenarios(lab, line).split(' ')
    return [path, rest.join(' ')] as const
  })
  return new Map([[onTheHost, new Map(paths)]])
}

export const runningCluster = async (lab: Lab, token: string): Promise<Compared> =>
  new Map([...(await runningObjects(lab, token)), ...(await runningFiles(lab)), ...(await runningPaths(lab))])
