"""What NetworkPolicies let through: those that select a pod add up, and a pod that none selects is open."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Policy = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """A pod by the labels of it and of its namespace, or an address outside of the cluster."""

    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = "papersys"
    address: str = ""


def lets_through(policies: Sequence[Policy], source: Peer, target: Peer, port: int) -> bool:
    """Whether a connection is let out of its source and into its target."""
    return _allows(policies, "Egress", source, target, port) and _allows(policies, "Ingress", target, source, port)


def _allows(policies: Sequence[Policy], direction: str, pod: Peer, other: Peer, port: int) -> bool:
    if pod.address or pod.namespace != "papersys":
        return True
    specs = [policy["spec"] for policy in policies]
    selecting = [spec for spec in specs if direction in spec["policyTypes"] and _has(pod.labels, spec["podSelector"])]
    side = "to" if direction == "Egress" else "from"
    rules = [rule for spec in selecting for rule in spec.get(direction.lower(), [])]
    return not selecting or any(_is_port(rule, port) and _is_peer(rule.get(side), other) for rule in rules)


def _is_port(rule: Policy, port: int) -> bool:
    ports = rule.get("ports")
    return ports is None or any(entry["port"] <= port <= entry.get("endPort", entry["port"]) for entry in ports)


def _is_peer(peers: Sequence[Policy] | None, other: Peer) -> bool:
    return peers is None or any(_matches(peer, other) for peer in peers)


def _matches(peer: Policy, other: Peer) -> bool:
    if "ipBlock" in peer:
        return bool(other.address) and _is_within(peer["ipBlock"], other.address)
    if other.address:
        return False
    namespaces = peer.get("namespaceSelector")
    own = {"kubernetes.io/metadata.name": other.namespace}
    is_there = other.namespace == "papersys" if namespaces is None else _has(own, namespaces)
    return is_there and _has(other.labels, peer.get("podSelector", {}))


def _is_within(block: Policy, address: str) -> bool:
    ip = ipaddress.ip_address(address)
    nets = [ipaddress.ip_network(cidr) for cidr in (block["cidr"], *block.get("except", []))]
    return ip in nets[0] and not any(ip in net for net in nets[1:])


def _has(labels: Mapping[str, str], selector: Policy) -> bool:
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()
