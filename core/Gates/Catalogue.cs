using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Looks an action up in the catalogue of the connection that its target was found through; null when it is not there for this tenant.</summary>
public delegate ActionSpec? FindAction(Target target, string action);

/// <summary>What the tenant's connectors declare, as gates look at it.</summary>
internal sealed class Catalogue(IConnections connections)
{
    public FindAction Of(TenantId tenant) => (target, action) =>
        connections.Find(tenant, target.Connection) is { } connection
        && connections.ConnectorOf(connection).Actions.TryGetValue(action, out var spec)
        && spec.TargetKind == target.Kind
            ? spec
            : null;

    /// <summary>Name of the connector behind a connection; null when the tenant has no such connection.</summary>
    public string? ConnectorOf(TenantId tenant, string connection) => connections.Find(tenant, connection)?.Connector;

    /// <summary>Whether a person may put this value in: the whole of it matches the pattern, without control characters.</summary>
    public static bool Accepts(ArgumentSpec spec, string value)
    {
        if (value.Length == 0)
            return !spec.Required;
        if (value.Length > spec.MaxLength || value.Any(char.IsControl))
            return false;
        try
        {
            return Regex.IsMatch(value, $@"\A(?:{spec.Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromMilliseconds(200));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>The catalogue's command with target and arguments filled in; values are put in as they are and never read again.</summary>
    public static string Command(ActionSpec action, Target target, IReadOnlyDictionary<string, string> arguments)
    {
        var text = new StringBuilder();
        var rest = action.Command.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0 && rest[open..].IndexOf('}') is var length and > 0)
        {
            var name = rest.Slice(open + 1, length - 1).ToString();
            text.Append(rest[..open]);
            _ = name == "target" ? text.Append(target.Name)
                : action.Arguments.Any(spec => spec.Name == name) ? text.Append(arguments.GetValueOrDefault(name))
                : text.Append(rest.Slice(open, length + 1));
            rest = rest[(open + length + 1)..];
        }
        return text.Append(rest).ToString();
    }
}
