using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Tests.Cards;

/// <summary>Looks at what is sent as its receiver does: as JSON.</summary>
internal static class SentJson
{
    public static JsonNode AsReceived(this OutgoingJson json)
    {
        var node = JsonNode.Parse(TeamsWriter.Write(json.WriteTo))!;
        var longest = Encoding.UTF8.GetByteCount(node.ToJsonString());
        json.Size.ShouldBeInRange(longest, (longest * 5 / 4) + 16);
        return node;
    }
}
