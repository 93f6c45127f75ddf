using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// Something that people can tell the bot to show or do. One that is registered (<see cref="ChatServices.AddChatCommand{TCommand}"/>) is
/// read, listed in the help, and proposed where it was misspelled; nothing else has to know it.
/// </summary>
public interface IChatCommand
{
    /// <summary>One word in lower case.</summary>
    string Name { get; }

    /// <summary>What may be said instead, in lower case: a word, or several as in <c>who am i</c>.</summary>
    IReadOnlyList<string> Synonyms { get; }

    /// <summary>
    /// How it is used and what it does, a line for each form. A command without any is understood but neither listed nor proposed.
    /// </summary>
    IReadOnlyList<HelpLine> Help { get; }

    /// <summary>Reads what was typed after the name.</summary>
    ChatRequest Read(CommandText text);

    /// <summary>Reads a message that names no command; null unless this one is surely meant, as by an incident's number alone.</summary>
    ChatRequest? ReadUnnamed(CommandText text) => null;
}

/// <summary>
/// A question in plain words, read by its words alone: the same words are always read the same way, and none of them acts. Registered with
/// <see cref="ChatServices.AddChatQuery{TQuery}"/>; questions are tried in the order of registration, before any command.
/// </summary>
public interface IChatQuery
{
    /// <summary>How people may ask, and what they are told; each is understood as it stands.</summary>
    IReadOnlyList<HelpLine> Examples { get; }

    /// <summary>
    /// Null when it is not surely this question: a person who is asked back loses a moment, one who is answered something else is misled.
    /// </summary>
    ChatRequest? Read(QuestionText question);
}
