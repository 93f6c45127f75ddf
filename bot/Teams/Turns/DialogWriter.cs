using System.Text.Json;
using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// A dialog's answer as Teams reads it: <c>{"task":{"type":...,"value":...}}</c>, and nothing at all for one that closes.
/// </summary>
internal static class DialogWriter
{
    public static byte[] Write(DialogResponse response) => response switch
    {
        DialogResponse.Form form => WriteTask("continue", writer => WriteForm(writer, form)),
        DialogResponse.Message message => WriteTask("message", writer => writer.WriteStringValue(message.Text)),
        _ => [],
    };

    private static byte[] WriteTask(string type, Action<Utf8JsonWriter> writeValue) => TeamsWriter.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("task");
        writer.WriteString("type", type);
        writer.WritePropertyName("value");
        writeValue(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static void WriteForm(Utf8JsonWriter writer, DialogResponse.Form form)
    {
        writer.WriteStartObject();
        writer.WriteString("title", form.Title);
        writer.WriteString("height", "large");
        writer.WriteString("width", "medium");
        writer.WriteStartObject("card");
        writer.WriteString("contentType", InvokeResponse.CardType);
        writer.WritePropertyName("content");
        form.Card.WriteTo(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
