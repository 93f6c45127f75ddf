using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>
/// What a ticket carries so that it is found again: the incident's id, and enough of where the incident began that the id of another
/// ledger, as of a bot that was set up anew, is not taken for it.
/// </summary>
public static class TicketReference
{
    private const int DigestLength = 8;
    private static readonly char[] Around = [' ', '[', ']', '(', ')', ',', ';', ':', '"', '\'', '\r', '\n'];

    /// <summary>As in <c>CON-1042-3f9c0a1b</c>; the same for an incident for ever.</summary>
    public static string For(Incident incident)
    {
        var origin = $"{incident.Tenant}\n{incident.Id}\n{incident.Opened.FirstEventId}\n{incident.OpenedAt.ToUnixTimeMilliseconds()}";
        return $"{incident.Id}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..DigestLength]}";
    }

    /// <summary>The incident that a text names by a reference; null where there is none in it.</summary>
    public static IncidentId? FindIncident(string text)
    {
        foreach (var word in text.Split(Around, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split('-') is [var prefix, var number, { Length: DigestLength } digest, ..] && digest.All(char.IsAsciiHexDigitLower)
                && IncidentId.TryParse($"{prefix}-{number}", out var incident))
                return incident;
        }
        return null;
    }
}
