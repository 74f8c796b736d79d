package org.nettycluster.protocol;

/**
 * What programs say to each other, and what keeps it within bounds. Everything else on a control connection is between
 * the libraries of the two sides.
 */
public sealed interface MessageFrame extends Frame
        permits Message, Part, Request, Answer, RequestFailed, Credit, PassedMessage, PassingNews {}
