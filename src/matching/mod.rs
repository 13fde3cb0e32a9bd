//! The filter language: query words to a tree, and one job against one set of filters. Pure.
