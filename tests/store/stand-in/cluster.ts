// One process that plays the nodes of a cluster over one log: who leads, what the others answer, gossip and features.
import { randomUUID } from 'node:crypto';
import { type Call, type Handler, type Listener } from './grpc.ts';
import { featuresPb, gossipPb, sharedPb } from './proto.ts';
import { notLeader, notReady, type Refusal } from './refusals.ts';

const HOST = '127.0.0.1';
/** The release whose sources were read. */
const VERSION = '24.6.0';
const STATE = { unknown: 2, follower: 6, leader: 8 } as const;

export interface Node {
  readonly id: string;
  listener: Listener | undefined;
  up: boolean;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  /** undefined while a leader is being elected */
  leader: number | undefined;
}

export const newCluster = (size: number): Cluster => ({
  nodes: Array.from({ length: size }, () => ({ id: randomUUID(), listener: undefined, up: true })),
  leader: 0,
});

export const requiresLeader = (call: Call): boolean => call.headers['requires-leader'] === 'true';

/** A follower hands writes on to the leader unless the caller insisted on speaking to the leader itself. */
export function refusesWrite(cluster: Cluster, node: Node, insists: boolean): Refusal | undefined {
  return cluster.leader === undefined ? notReady : refusesRead(cluster, node, insists);
}

export function refusesRead({ nodes, leader }: Cluster, node: Node, insists: boolean): Refusal | undefined {
  if (!insists || (leader !== undefined && nodes[leader] === node)) return undefined;
  return leader === undefined ? notReady : notLeader(HOST, nodes[leader]!.listener!.port);
}

export function unary(answer: () => Uint8Array): Handler {
  return (call) => {
    call.onMessage = () => {
      call.send(answer());
      call.finish();
    };
  };
}

export function gossip({ nodes, leader }: Cluster): Uint8Array {
  const info = new gossipPb.ClusterInfo();
  for (const [index, node] of nodes.entries()) {
    const member = new gossipPb.MemberInfo();
    const id = new sharedPb.UUID();
    id.setString(node.id);
    member.setInstanceId(id);
    member.setTimeStamp(`${Date.now()}0000`);
    member.setState(leader === undefined ? STATE.unknown : leader === index ? STATE.leader : STATE.follower);
    member.setIsAlive(node.up);
    const endPoint = new gossipPb.EndPoint();
    endPoint.setAddress(HOST);
    endPoint.setPort(node.listener!.port);
    member.setHttpEndPoint(endPoint);
    info.addMembers(member);
  }
  return info.serializeBinary();
}

const METHODS: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  ['event_store.client.streams.streams', 'read', 'position', 'events'],
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'tombstone'],
  ['event_store.client.streams.streams', 'batchappend', 'deadline_duration'],
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

export function features(): Uint8Array {
  const supported = new featuresPb.SupportedMethods();
  supported.setEventStoreServerVersion(VERSION);
  for (const [service, name, ...own] of METHODS) {
    const method = new featuresPb.SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name);
    method.setFeaturesList(own);
    supported.addMethods(method);
  }
  return supported.serializeBinary();
}
