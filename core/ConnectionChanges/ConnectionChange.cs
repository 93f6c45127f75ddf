using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.ConnectionChanges;

/// <summary>What is to become of a connection, as its proposal carries it: what is shown is what is recorded afterwards.</summary>
/// <param name="Settings">The connector's own; of secrets the reference. Empty for a removal.</param>
/// <param name="Check">What the vendor said when it was asked with these settings; empty where nothing could be asked.</param>
public sealed record ConnectionChange(
    ConnectionChangeKind Kind, string Name, string Connector, IReadOnlyDictionary<string, string> Settings, string Check)
{
    /// <summary>Of its subjects: <c>connection:contoso-ninjaone.2</c> is the second thing that was asked for of a connection.</summary>
    public const string SubjectKind = "connection";

    private const char NumberMark = '.';

    private const string ChangeKey = "change";
    private const string NameKey = "connection";
    private const string ConnectorKey = "connector";
    private const string CheckKey = "check";
    private const string KeptKey = "kept";
    private const string ActionKey = "action";
    private const string BeforeKey = "before";
    private const string SettingPrefix = "setting.";

    /// <summary>Secrets that stay as they are in use, by setting.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>The one action that is enabled or disabled; null where the change is another.</summary>
    public string? Action { get; init; }

    /// <summary>The connection that it was asked for, as <see cref="Fingerprint"/> tells it: it replaces that one and no other.</summary>
    public string Before { get; init; } = "";

    /// <summary>Tells a connection that was made in chat from whatever it was before and becomes later.</summary>
    /// <param name="connection">Null where there is none.</param>
    public static string Fingerprint(Connection? connection)
    {
        if (connection is null)
            return "none";
        var text = new StringBuilder();
        var parts = connection.Settings.OrderBy(static one => one.Key, StringComparer.OrdinalIgnoreCase)
            .SelectMany(static one => new[] { one.Key.ToUpperInvariant(), one.Value });
        foreach (var part in parts.Prepend(connection.Connector).Prepend(connection.Name))
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The subject of the next thing that is asked for of a connection, so that it has a card of its own.</summary>
    public static ProposalSubject NextSubject(TenantState state, string name)
    {
        var number = state.Proposals.All.Keys.Count(subject => subject.Kind == SubjectKind && GetName(subject) == name) + 1;
        return ProposalSubject.Create(SubjectKind, $"{name}{NumberMark}{number}");
    }

    /// <summary>The connection that a subject of this kind is about.</summary>
    public static string GetName(ProposalSubject subject) => subject.Id.Split(NumberMark)[0];

    /// <summary>What the proposal rests on and asks for; part of its digest.</summary>
    public IReadOnlyDictionary<string, string> ToObserved()
    {
        var observed = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ChangeKey] = Kind.ToString().ToLowerInvariant(), [NameKey] = Name, [ConnectorKey] = Connector,
            [CheckKey] = Check, [BeforeKey] = Before,
        };
        if (Action is not null)
            observed[ActionKey] = Action;
        foreach (var (name, value) in Settings)
            observed[SettingPrefix + name] = value;
        if (Kept.Count > 0)
            observed[KeptKey] = string.Join(' ', Kept);
        return observed;
    }

    /// <summary>Reads what <see cref="ToObserved"/> wrote; null when it is something else.</summary>
    public static ConnectionChange? Read(Proposal proposal)
    {
        if (proposal.Subject.Kind != SubjectKind || proposal.Staged is not { Observed: var observed }
            || !Enum.TryParse<ConnectionChangeKind>(observed.GetValueOrDefault(ChangeKey), ignoreCase: true, out var kind)
            || observed.GetValueOrDefault(NameKey) is not { } name || observed.GetValueOrDefault(ConnectorKey) is not { } connector)
            return null;
        return new(kind, name, connector, GetSettings(observed), observed.GetValueOrDefault(CheckKey) ?? "")
        {
            Kept = observed.GetValueOrDefault(KeptKey)?.Split(' ') ?? [],
            Action = observed.GetValueOrDefault(ActionKey),
            Before = observed.GetValueOrDefault(BeforeKey) ?? "",
        };
    }

    /// <summary>The settings in what <see cref="ToObserved"/> wrote, by name.</summary>
    public static IReadOnlyDictionary<string, string> GetSettings(IReadOnlyDictionary<string, string> observed) => observed
        .Where(static pair => pair.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
        .ToDictionary(static pair => pair.Key[SettingPrefix.Length..], static pair => pair.Value, StringComparer.Ordinal);
}

public enum ConnectionChangeKind
{
    /// <summary>There is none of this name yet.</summary>
    Connect,

    /// <summary>Its settings are replaced, credentials among them.</summary>
    Change,

    /// <summary>It is not used any more, and its secrets are deleted.</summary>
    Disconnect,

    /// <summary>It may do one action more.</summary>
    Enable,

    /// <summary>It may do one action less.</summary>
    Disable,
}
