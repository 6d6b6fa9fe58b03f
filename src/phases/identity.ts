/** Certificates, keys and kubeconfigs, where kubeadm has them. What is valid on the host already is in the plan as it is. */
import { keysOnHosts } from '../config/certificate-keys.ts'
import { pkiDirectory } from '../constants.ts'
import { authorityKeyFiles } from '../pki/authorities.ts'
import { absent, directory, file } from '../plan/steps.ts'
import { steps } from '../plan/tasks.ts'
import type { Phase, PlanInput } from './types.ts'

const filesOf = (input: PlanInput, host: string, inPki: boolean) =>
  (input.identity.get(host) ?? [])
    .filter(({ path }) => path.startsWith(`${pkiDirectory}/`) === inPki)
    .map(file)

export const certs: Phase = {
  id: 'certs',
  title: 'Place the certificates and keys',
  roles: ['control-plane'],
  tasks: (input, host) => [
    steps(
      directory(pkiDirectory, 0o755),
      directory(`${pkiDirectory}/etcd`, 0o755),
      ...filesOf(input, host.name, true),
      ...(keysOnHosts(input.config)
        ? []
        : authorityKeyFiles.map((name) => absent(`${pkiDirectory}/${name}`))),
    ),
  ],
}

export const kubeconfig: Phase = {
  id: 'kubeconfig',
  title: 'Place the kubeconfigs',
  roles: ['control-plane'],
  tasks: (input, host) => [steps(...filesOf(input, host.name, false))],
}
