using DevOpsAI.Gates;

namespace DevOpsAI.Tests.Gates;

/// <summary>Policies that mention only what the test is about.</summary>
internal static class APolicy
{
    public static GatePolicy With(
        string rules = "  - { name: All, actions: ['*'], level: L2 }", int approvals = 1, bool notTheRequester = true,
        string maintenance = "[]", int chain = 5, string approver = "approver", string freezes = "[]", string delegates = "technician",
        string? glass = null)
    {
        var errors = new List<string>();
        var policy = GatePolicyReader.Read(
            "test.yaml", Yaml(rules, approvals, notTheRequester, maintenance, chain, approver, freezes, delegates, glass), errors);
        errors.ShouldBeEmpty();
        return policy!;
    }

    public static string Yaml(
        string rules = "  - { name: All, actions: ['*'], level: L2 }", int approvals = 1, bool notTheRequester = true,
        string maintenance = "[]", int chain = 5, string approver = "approver", string freezes = "[]", string delegates = "technician",
        string? glass = null) => $"""
        defaults:
          approver: {approver}
          approvals: {approvals}
          notTheRequester: {(notTheRequester ? "true" : "false")}
          expiry: 8h
          criticalExpiry: 1h
          escalateAfter: 30m
          escalateTo: manager
          delegate: {delegates}
        chain: {"{"} window: 1h, weight: {chain} {"}"}
        maintenance: {maintenance}
        freezes: {freezes}{(glass is null ? "" : "\n")}{(glass is null ? "" : $"breakGlass: {glass}")}
        rules:
        {rules}
        """;
}
