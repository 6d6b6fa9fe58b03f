/** The kubeconfigs that Slipway writes, with kubeadm's names and order of fields. Takes addresses and PEM; gives YAML. */
import { stringify } from 'yaml'

/** The name that kubeadm gives every cluster in its kubeconfigs. */
export const clusterNameOfKubeadm = 'kubernetes'

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

/** Base64 stays on one line, as Go writes it. */
const yaml = (value: object): string => stringify(value, { lineWidth: 0, indentSeq: false })

type Kubeconfig = {
  readonly server: string
  readonly caPem: string
  readonly cluster: string
  readonly context: string
  readonly userName: string
  readonly user: Readonly<Record<string, string>>
}

const kubeconfig = ({ server, caPem, cluster, context, userName, user }: Kubeconfig): string =>
  yaml({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': base64(caPem), server }, name: cluster }],
    contexts: [{ context: { cluster, user: userName }, name: context }],
    'current-context': context,
    kind: 'Config',
    users: [{ name: userName, user }],
  })

export type ClientKubeconfig = {
  readonly server: string
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
  /** The cluster's name; the context is `<user>@<name>`. */
  readonly name: string
  readonly user: string
}

const clientKubeconfig = (client: ClientKubeconfig, userName: string): string => {
  const { server, caPem, certPem, keyPem, name, user } = client
  return kubeconfig({
    server,
    caPem,
    cluster: name,
    context: `${user}@${name}`,
    userName,
    user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) },
  })
}

/** For a host: with kubeadm's names. */
export const adminKubeconfig = (client: ClientKubeconfig): string => clientKubeconfig(client, client.user)

/** For a person, who may have several in one file: there, kubeadm's would all name the same user, with the last one's key. */
export const personKubeconfig = (client: ClientKubeconfig): string =>
  clientKubeconfig(client, `${client.user}@${client.name}`)

export type KubeletKubeconfig = {
  readonly server: string
  readonly caPem: string
  readonly nodeName: string
  /** The file in which the kubelet keeps its certificate and its key, both. */
  readonly pemFile: string
}

/** What a kubelet uses once it renews its certificate by itself. */
export const kubeletKubeconfig = ({ server, caPem, nodeName, pemFile }: KubeletKubeconfig): string => {
  const userName = `system:node:${nodeName}`
  return kubeconfig({
    server,
    caPem,
    cluster: clusterNameOfKubeadm,
    context: `${userName}@${clusterNameOfKubeadm}`,
    userName,
    user: { 'client-certificate': pemFile, 'client-key': pemFile },
  })
}

export type BootstrapKubeconfig = {
  readonly server: string
  readonly caPem: string
  readonly token: string
  readonly clusterName: string
}

/** What a worker's kubelet asks for its own certificate with. Its names are kubeadm's. */
export const bootstrapKubeconfig = ({ server, caPem, token, clusterName }: BootstrapKubeconfig): string =>
  kubeconfig({
    server,
    caPem,
    cluster: clusterName,
    context: `tls-bootstrap-token-user@${clusterName}`,
    userName: 'tls-bootstrap-token-user',
    user: { token },
  })

/** The ConfigMap cluster-info: its text is signed, and `kubeadm join` reads it, so it is written as kubeadm writes it. */
export const clusterInfoKubeconfig = ({
  server,
  caPem,
}: {
  readonly server: string
  readonly caPem: string
}): string =>
  yaml({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': base64(caPem), server }, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    users: null,
  })
