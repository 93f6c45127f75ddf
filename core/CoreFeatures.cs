using System.Collections.Immutable;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Digests;
using DevOpsAI.Drafting;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI;

/// <summary>The features of the core, one line each.</summary>
public static class CoreFeatures
{
    public static readonly ImmutableArray<Feature> All =
    [
        LedgerFeature.Instance,
        ConnectionsFeature.Instance,
        IdentityFeature.Instance,
        ProposalsFeature.Instance,
        IncidentsFeature.Instance,
        GatesFeature.Instance,
        DraftingFeature.Instance,
        DigestsFeature.Instance,
        CompletenessFeature.Instance,
        TicketsFeature.Instance,
    ];

    /// <summary>What they hand the ledger; for tools that read a ledger without a host.</summary>
    public static EntryCatalog Catalog { get; } = new(All);

    /// <summary>Reads and writes their entries.</summary>
    public static EntryCodec Codec { get; } = new(Catalog);

    public static IServiceCollection AddCoreFeatures(this IServiceCollection services)
    {
        foreach (var feature in All)
            services.AddFeature(feature);
        return services;
    }
}
