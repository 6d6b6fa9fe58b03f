/** A run as it happens: one control plane and two workers that are at different phases at the same time. */
import type { RunEvent } from '../../src/run/events.ts'

const hosts = ['cp1', 'w1', 'w2']

export const preflightEvents: readonly RunEvent[] = [
  { kind: 'phase-start', phase: 'preflight', title: 'Check the hosts', hosts },
  {
    kind: 'finding',
    finding: {
      id: 'Swap',
      severity: 'warning',
      host: 'w1',
      message: 'swap is on: /swap.img',
      remedy: 'swapoff -a',
      ignored: true,
    },
  },
  { kind: 'phase-end', phase: 'preflight', seconds: 0.31 },
]

const step = (phase: string, host: string, title: string, status: 'changed' | 'unchanged'): RunEvent => ({
  kind: 'step',
  phase,
  host,
  step: title,
  title,
  status,
})

export const openPhases: readonly RunEvent[] = [
  {
    kind: 'run-start',
    command: 'apply',
    cluster: 'demo',
    hosts,
    phases: [
      { id: 'containerd', title: 'Install the container runtime', hosts },
      { id: 'certs', title: 'Put certificates in place', hosts: ['cp1'] },
    ],
  },
  { kind: 'phase-start', phase: 'containerd', title: 'Install the container runtime', hosts },
  ...hosts.map((host): RunEvent => ({ kind: 'host-start', phase: 'containerd', host })),
  step('containerd', 'cp1', 'write /etc/containerd/config.toml', 'unchanged'),
  step('containerd', 'w1', 'write /etc/containerd/config.toml', 'changed'),
  step('containerd', 'w2', 'write /etc/containerd/config.toml', 'changed'),
  { kind: 'host-end', phase: 'containerd', host: 'cp1', outcome: 'unchanged', seconds: 0.4 },
  { kind: 'phase-start', phase: 'certs', title: 'Put certificates in place', hosts: ['cp1'] },
  { kind: 'host-start', phase: 'certs', host: 'cp1' },
  { kind: 'progress', phase: 'certs', host: 'cp1', message: 'waiting until the API server is healthy' },
  { kind: 'progress', phase: 'certs', host: 'cp1', message: 'waiting until the API server is healthy' },
]

export const failedEnd: readonly RunEvent[] = [
  {
    kind: 'step',
    phase: 'containerd',
    host: 'w1',
    step: 'containerd.service',
    title: 'start containerd.service',
    status: 'failed',
    detail: 'Job for containerd.service failed.\nSee journalctl -u containerd.',
  },
  {
    kind: 'host-end',
    phase: 'containerd',
    host: 'w1',
    outcome: 'failed',
    seconds: 1.1,
    error: 'could not start containerd.service',
  },
  { kind: 'host-end', phase: 'containerd', host: 'w2', outcome: 'changed', seconds: 1.2 },
  { kind: 'phase-end', phase: 'containerd', seconds: 1.21 },
  { kind: 'host-end', phase: 'certs', host: 'cp1', outcome: 'unchanged', seconds: 0.5 },
  { kind: 'phase-end', phase: 'certs', seconds: 0.5 },
  {
    kind: 'run-end',
    outcome: 'failed',
    seconds: 2.14,
    changed: 2,
    unchanged: 1,
    phases: [
      { phase: 'containerd', seconds: 1.21, changed: 2, unchanged: 1, pending: 0, failed: 1 },
      { phase: 'certs', seconds: 0.02, changed: 0, unchanged: 0, pending: 0, failed: 0 },
    ],
    next: ['to go on: slipway apply -c cluster.yaml'],
    log: 'logs/x.log',
  },
]

export const failedRun: readonly RunEvent[] = [...preflightEvents, ...openPhases, ...failedEnd]
