using System.Globalization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support.Growth;

/// <summary>How much a ledger is to remember, and how much of it is still open.</summary>
/// <param name="Entries">Of all tenants together, but for a few: incidents have eight on average.</param>
/// <param name="Open">Incidents of all tenants together that wait for a decision, spread over tenants and time.</param>
public sealed record HistoryPlan(int Entries, int Open)
{
    public const int EntriesOfAnIncident = 8;

    /// <summary>Entra directory of every conversation.</summary>
    public const string DirectoryTenant = "99999999-9999-4999-8999-999999999999";

    public int Tenants { get; init; } = 100;

    /// <summary>Names of the bot's subscriptions that have seen every entry, as those of a bot have that is stopped and started.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>When the first alert came. Nothing that is open has expired at <see cref="Until"/>; see <see cref="Expiry"/>.</summary>
    public DateTimeOffset From => Until - Lasted;

    /// <summary>How long it took to come about; less than <see cref="Expiry"/>.</summary>
    public TimeSpan Lasted { get; init; } = TimeSpan.FromDays(25);

    public DateTimeOffset Until { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>The Bot Connector's address on the cards that were posted.</summary>
    public string ServiceUrl { get; init; } = "http://127.0.0.1:9/history";

    /// <summary>How long after its alert what waits expires.</summary>
    public static TimeSpan Expiry => TimeSpan.FromDays(30);

    public int Incidents => Math.Max(Tenants, Entries / EntriesOfAnIncident);

    /// <summary>Of each tenant.</summary>
    public int Rounds => (Incidents + Tenants - 1) / Tenants;

    /// <summary>One incident in a hundred is open.</summary>
    public static HistoryPlan Of(int entries) => new(entries, entries / EntriesOfAnIncident / 100);

    public static TenantId Tenant(int number) => TenantId.Parse(string.Create(CultureInfo.InvariantCulture, $"client-{number:000}"));

    public static string Prefix(int number) => $"C{(char)('A' + (number / 26 % 26))}{(char)('A' + (number % 26))}";

    public static string Connection(int number) => $"{Tenant(number)}-alertmanager";

    public static ConversationId Channel(int number) => Conversation($"19:{Tenant(number)}@thread.tacv2");

    /// <summary>Settings of a bot that serves these tenants.</summary>
    public Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = [];
        for (var number = 0; number < Tenants; number++)
        {
            settings[$"Tenants:{Tenant(number)}:Name"] = string.Create(CultureInfo.InvariantCulture, $"Client {number}");
            settings[$"Tenants:{Tenant(number)}:Prefix"] = Prefix(number);
            settings[$"Connections:{Connection(number)}:Tenant"] = Tenant(number).Value;
            settings[$"Connections:{Connection(number)}:Connector"] = "alertmanager";
            settings[$"Connections:{Connection(number)}:StaleAfter"] = "00:00:00";
            settings[$"Connections:{Connection(number)}:Settings:Bearer"] = $"{Connection(number)}-dev";
        }
        return settings;
    }

    /// <summary>The <paramref name="revision"/>-th incident of a tenant is one of those that stay open.</summary>
    public bool IsOpen(int tenant, int revision)
    {
        var place = ((long)tenant * Rounds) + revision;
        var all = (long)Tenants * Rounds;
        return place * Open / all != (place + 1) * Open / all;
    }
}
