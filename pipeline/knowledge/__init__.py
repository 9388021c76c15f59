"""Records of many articles as one body of knowledge: gathered under lasting ids, matched, summed up and compared."""
