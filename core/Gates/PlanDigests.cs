using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// The plan digest of a proposal: hex SHA-256 over exactly what an approver is shown. Any difference gives another digest.
/// </summary>
public static class PlanDigests
{
    /// <summary>
    /// The plan digest of <paramref name="plan"/> under the terms of a staging: its own plan, or that plan with an approver's edits.
    /// </summary>
    public static string Compute(TenantId tenant, ProposalStaged staged, Plan plan) => Jcs.Digest(JsonSerializer.SerializeToUtf8Bytes(
        new DigestedPlan(
            tenant, staged.About, staged.Revision, staged.Kind, ById(staged.Requester), plan, staged.Observed,
            staged.Terms, staged.NeedsReview, staged.Terms.PolicyVersion, staged.Nonce),
        PlanDigestJson.Default.DigestedPlan));

    /// <summary>What a person is called may be erased one day; who it was may not change.</summary>
    private static Actor ById(Actor requester) => requester.Kind == ActorKind.Person ? requester with { Name = requester.Id } : requester;

    /// <summary>The same staging with its own digest.</summary>
    public static ProposalStaged Stamp(TenantId tenant, ProposalStaged staged) =>
        staged with { Seal = Compute(tenant, staged, staged.Plan) };
}

internal sealed record DigestedPlan(
    TenantId Tenant,
    [property: JsonPropertyName("incidentId")] ProposalSubject About,
    int Revision,
    ProposalKind Kind,
    Actor Requester,
    Plan Plan,
    IReadOnlyDictionary<string, string> Observed,
    GateTerms Terms,
    bool NeedsReview,
    string PolicyVersion,
    string Nonce);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(DigestedPlan))]
internal sealed partial class PlanDigestJson : JsonSerializerContext;
