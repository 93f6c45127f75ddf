using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>A hurried word stops nothing by itself, since it may mean one device; whoever says it is told at once what does.</summary>
internal sealed class StopCommand : IChatCommand
{
    public string Name => "stop";

    public IReadOnlyList<string> Synonyms => ["halt", "pause"];

    public IReadOnlyList<HelpLine> Help => [];

    public ChatRequest Read(CommandText text) => ChatRequest.Incomplete(
        "Nothing was stopped: say of which client, and why.",
        "freeze <client> because ... – or, for administrators: freeze everything because ...");
}
