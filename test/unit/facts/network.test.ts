import { expect, test } from 'vitest'
import { parseAddresses, parseListening, parseRoutes } from '../../../src/facts/network.ts'

test('routes: little-endian numbers become networks', () => {
  const lines = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   ',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ',
    'tun0\t0000E00A\t00000000\t0001\t0\t0\t0\t0000E0FF\t0\t0\t0   ',
  ]
  expect(parseRoutes(lines)).toEqual([
    { destination: '0.0.0.0/0', interface: 'eth0' },
    { destination: '192.0.2.0/24', interface: 'eth0' },
    { destination: '10.224.0.0/11', interface: 'tun0' },
  ])
  expect(parseRoutes([])).toEqual([])
})

test.each([
  ['0100007F:18EB', { address: '127.0.0.1', port: 6379 }],
  ['00000000:192B', { address: '0.0.0.0', port: 6443 }],
  ['00000000000000000000000000000000:0016', { address: '::', port: 22 }],
  ['00000000000000000000000001000000:0277', { address: '::1', port: 631 }],
  ['0000000000000000FFFF00000B00000A:094B', { address: '10.0.0.11', port: 2379 }],
  ['B80D0120000000000000000001000000:0050', { address: '2001:db8:0:0:0:0:0:1', port: 80 }],
])('a socket that listens on %s', (local, expected) => {
  expect(parseListening([`   0: ${local} 00000000:0000 0A 00000000:00000000 00:00000000`])).toEqual([
    expected,
  ])
})

test('addresses: each once, without loopback', () => {
  const lines = [
    '           |-- 127.0.0.1',
    '              /32 host LOCAL',
    '--',
    '           |-- 192.0.2.2',
    '              /32 host LOCAL',
    '--',
    '           |-- 192.0.2.2',
    '              /32 host LOCAL',
  ]
  expect(parseAddresses(lines)).toEqual(['192.0.2.2'])
})
