/** The kubelet: its configuration, what a worker needs for TLS bootstrap, and its start. */

import { tokenSecretRef } from '../api/tokens.ts'
import type { HostConfig } from '../config/schema.ts'
import { bootstrapKubeletConf, bootstrapWaitSeconds } from '../constants.ts'
import { bootstrapKubeconfig } from '../pki/kubeconfigs.ts'
import { absent, directory, file, service } from '../plan/steps.ts'
import { remove, steps, wait } from '../plan/tasks.ts'
import type { Step } from '../plan/types.ts'
import { kubeletFiles } from '../render/files.ts'
import { executableHash } from './executable-hash.ts'
import { renderInput, serverUrl } from './render-input.ts'
import type { Phase, PlanInput } from './types.ts'

const bootstrapFiles = (input: PlanInput, host: HostConfig): readonly Step[] => {
  const join = input.joinTokens.get(host.name)
  const trust = (input.identity.get(host.name) ?? []).map(file)
  if (!join) return trust
  const content = bootstrapKubeconfig({
    server: serverUrl(input.config),
    caPem: input.caPem,
    token: join.token,
    clusterName: 'kubernetes',
  })
  return [...trust, file({ path: bootstrapKubeletConf, mode: 0o600, content, secret: true })]
}

export const kubeletStart: Phase = {
  id: 'kubelet-start',
  title: 'Start the kubelet',
  roles: ['control-plane', 'worker'],
  needs: ({ role }) => (role === 'worker' ? ['bootstrap-token', 'control-plane/controllers'] : []),
  tasks: (input, host) => {
    const files = kubeletFiles(renderInput(input, host))
    const executable = executableHash(input.contents(host), '/usr/bin/kubelet')
    return [
      steps(
        directory('/var/lib/kubelet', 0o700),
        directory('/etc/kubernetes/manifests', 0o700),
        ...(host.role === 'worker' ? bootstrapFiles(input, host) : []),
        ...files.map(file),
        service(
          'kubelet.service',
          // Whom it trusts is in its kubeconfig, which it reads once.
          [...files.map(({ content }) => content), executable, input.caPem],
          'on that host, `journalctl -u kubelet -n 50` says why it does not start',
        ),
      ),
    ]
  },
}

export const kubeletWaitBootstrap: Phase = {
  id: 'kubelet-wait-bootstrap',
  title: 'Wait until the kubelet has its own certificate',
  roles: ['worker'],
  tasks: (input, host) => {
    const join = input.joinTokens.get(host.name)
    if (!join) return []
    return [
      wait({
        id: 'node-registered',
        sentence: `node ${host.name} has registered`,
        seconds: bootstrapWaitSeconds,
        args: { node: host.name },
      }),
      steps(absent(bootstrapKubeletConf)),
      ...(join.expires === undefined ? [] : [remove([tokenSecretRef(join.token)])]),
    ]
  },
}
