/** Ports that Kubernetes will listen on and something else has taken. kubeadm: Port-6443 and so on. */
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

type Binding = {
  readonly port: number
  readonly by: string
  readonly controlPlaneOnly: boolean
  /** Where it listens, by the manifests of kubeadm.md 1.5: a socket on another address of the host is no conflict. */
  readonly on: 'every address' | 'loopback' | 'node address' | 'loopback and node address'
}

const bindings: readonly Binding[] = [
  { port: 6443, by: 'kube-apiserver', controlPlaneOnly: true, on: 'every address' },
  { port: 10259, by: 'kube-scheduler', controlPlaneOnly: true, on: 'loopback' },
  { port: 10257, by: 'kube-controller-manager', controlPlaneOnly: true, on: 'loopback' },
  { port: 10250, by: 'the kubelet', controlPlaneOnly: false, on: 'every address' },
  { port: 2379, by: 'etcd', controlPlaneOnly: true, on: 'loopback and node address' },
  { port: 2380, by: 'etcd', controlPlaneOnly: true, on: 'node address' },
]

export const ports: Check = {
  ids: ['Port-6443', 'Port-10259', 'Port-10257', 'Port-10250', 'Port-2379', 'Port-2380'],
  title: 'the ports of Kubernetes are free',
  roles: everyRole,
  run: (input) =>
    input.ownership.kind === 'ours'
      ? []
      : bindings
          .filter((binding) => !binding.controlPlaneOnly || input.host.role === 'control-plane')
          .flatMap((binding) => taken(binding, input)),
}

const taken = (binding: Binding, { facts, host }: CheckInput): readonly Problem[] => {
  const wanted = addressesOf(binding, host.address)
  const socket = facts.listening.find(
    ({ address, port }) => port === binding.port && (wanted === 'all' || wanted.includes(address)),
  )
  if (socket === undefined) return []
  return [
    {
      id: `Port-${binding.port}`,
      severity: 'error',
      message: `Port ${binding.port} is in use (something listens on ${socket.address}:${socket.port}); ${binding.by} needs it`,
      remedy: `see what it is with \`ss -ltnp sport = :${binding.port}\` and stop it; what an earlier Kubernetes left behind goes with \`kubeadm reset\``,
    },
  ]
}

const everywhere = ['0.0.0.0', '::']

const addressesOf = (binding: Binding, nodeAddress: string): readonly string[] | 'all' => {
  if (binding.on === 'every address') return 'all'
  const loopback = binding.on === 'node address' ? [] : ['127.0.0.1', '::1']
  const node = binding.on === 'loopback' ? [] : [nodeAddress]
  return [...everywhere, ...loopback, ...node]
}
